"""What is seen: one folder a surface; reads the Workspace, asks through Session."""
