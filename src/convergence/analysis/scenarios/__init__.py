"""What a change of rule, of means or of prices would do, over territories and years."""
