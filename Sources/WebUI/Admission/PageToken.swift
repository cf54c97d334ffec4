/// The word in the page's address that nobody can guess: who has it may see the page and press its buttons.
public struct PageToken: Sendable {
    /// Letters, digits, "-" and "_" only: it is a part of a path.
    public let text: String

    init(text: String) {
        self.text = text
    }

    /// 160 random bits.
    public static func random() -> PageToken {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        var system = SystemRandomNumberGenerator()
        // 27 letters of 6 bits each.
        return PageToken(text: String((0..<27).map { _ in letters[Int.random(in: 0..<64, using: &system)] }))
    }

    /// Takes as long for a guess that is nearly right as for any other of its length.
    func matches(_ guess: some StringProtocol) -> Bool {
        let own = Array(text.utf8)
        let other = Array(guess.utf8)
        guard own.count == other.count else { return false }
        return zip(own, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
