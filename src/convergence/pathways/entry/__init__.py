"""From an orientation to the first day at work: candidacies, proofs of eligibility, hiring, its later control."""
