enum PlaceholderLuaVM {}
