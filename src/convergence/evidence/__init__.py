"""Evidence: datasets that evaluators bring, evaluations made of them, and their publication.

Analysis itself is done by ``./convergence evaluate``, in a process of its own; this room keeps what goes in and what
comes out, sealed, and says who reads it (docs/decisions/0024-evidence.md).
"""
