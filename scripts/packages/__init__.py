"""What scripts/dist makes: each module makes one kind of package from built programs."""
