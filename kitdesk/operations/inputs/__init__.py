"""What a person names: projects, references, remotes, tags."""
