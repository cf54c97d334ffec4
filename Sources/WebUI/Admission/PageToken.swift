/// The word in the page's address that nobody can guess. Whoever has it may see the page and press its buttons.
public struct PageToken: Sendable {
    /// Letters, digits, "-" and "_" only, since it is part of a path.
    public let text: String

    /// 160 random bits.
    public static func random() -> PageToken {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        var system = SystemRandomNumberGenerator()
        // 27 letters of 6 bits each.
        return PageToken(text: String((0..<27).map { _ in letters[Int.random(in: 0..<64, using: &system)] }))
    }

    /// Takes equally long for every guess of the same length.
    func matches(_ guess: some StringProtocol) -> Bool {
        let own = Array(text.utf8)
        let other = Array(guess.utf8)
        guard own.count == other.count else { return false }
        return zip(own, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
