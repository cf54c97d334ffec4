enum PlaceholderLiveDocument {}
