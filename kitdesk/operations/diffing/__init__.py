"""What a comparison needs of both sides, and why two versions differ."""
