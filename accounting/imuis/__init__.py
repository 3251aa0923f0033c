"""King / iMUIS."""
