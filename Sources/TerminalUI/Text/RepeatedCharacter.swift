/// A character as often as needed. Bars and gaps are cut out of one text: to make each of them would be to append the
/// character again and again.
struct RepeatedCharacter: Sendable {
    private static let most = 64

    private let character: Character
    private let text: String
    /// How many bytes the character takes.
    private let size: Int

    static let blank = RepeatedCharacter(" ")

    init(_ character: Character) {
        self.character = character
        text = String(repeating: character, count: Self.most)
        size = String(character).utf8.count
    }

    /// Nothing if `count` is below 0.
    func times(_ count: Int) -> Substring {
        guard count <= Self.most else { return Substring(String(repeating: character, count: count)) }
        return text[..<text.utf8.index(text.startIndex, offsetBy: max(0, count) * size)]
    }
}
