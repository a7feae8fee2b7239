"""What networks and animals are shown."""
