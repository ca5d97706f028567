"""Changes to files of a project: the plan, applying it, fresh folders, selections."""
