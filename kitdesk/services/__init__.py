"""How the world is reached: disk, registries, keyring. Each room stands behind a small door."""
