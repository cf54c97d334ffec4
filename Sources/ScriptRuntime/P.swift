enum PlaceholderScriptRuntime {}
