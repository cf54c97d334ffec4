enum PlaceholderLocalQueue {}
