import DecartAPI

extension ModelDefinition {
    /// `path`, if it can stand behind a base URL. Without its slash it would become a part of the host, and the key
    /// would go there.
    ///
    /// - Throws: `INVALID_INPUT`.
    func checked(path: String, named: String, example: String) throws(DecartError) -> String {
        guard path.hasPrefix("/"), path.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else {
            throw DecartError(
                .invalidInput,
                "The model \(Excerpt.quoted(name)) has the \(named) path \(Excerpt.quoted(path)). "
                    + "Give one that begins with / and has no blanks, such as \(example).")
        }
        return path
    }
}
