public import DecartAPI

/// A key to the service. However it is printed, mirrored or interpolated, it does not show.
public struct APIKey: Sendable, HiddenWhenPrinted {
    /// For the one header that carries it, for finding it in what others say, and for telling accounts apart by a hash.
    package let secret: String

    /// - Parameter text: the key; white space around it is dropped.
    /// - Throws: `INVALID_API_KEY` for a blank key, or one that could not be a header's value.
    public init(_ text: String) throws(DecartError) {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else {
            throw DecartError(
                .invalidAPIKey,
                "The API key is blank. Pass apiKey, or set the environment variable DECART_API_KEY to your key.")
        }
        let trimmed = String(scalars[first...last])
        // Anything else would end the header, or be sent as something that is not the key.
        guard trimmed.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }) else {
            throw DecartError(
                .invalidAPIKey,
                "The API key has a blank, a line break or a character that is not ASCII in it. Copy it once more.")
        }
        secret = trimmed
    }
}
