enum PlaceholderDecartModule {}
