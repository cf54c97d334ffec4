extension StringProtocol {
    /// Without the spaces and tabs at both ends: what HTTP calls optional white space.
    @inlinable public var trimmingSpaces: SubSequence {
        let start = drop(while: Self.isSpace)
        guard let last = start.lastIndex(where: { !Self.isSpace($0) }) else { return start }
        return start[...last]
    }

    @usableFromInline static func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
}
