"""Tell a teacher what stands out, how sure, why, and what would settle it."""
