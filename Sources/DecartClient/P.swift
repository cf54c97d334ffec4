enum PlaceholderDecartClient {}
