"""Jobs, queues, threads, the watcher and the single instance."""
