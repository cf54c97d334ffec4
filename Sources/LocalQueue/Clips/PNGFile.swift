/// As much of PNG as it takes to write texts into a picture.
enum PNGFile {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The signature and the header chunk, which is always 25 bytes and always first.
    private static let startLength = 8 + 25

    /// `picture` with those texts (`iTXt`, UTF-8) behind its header; as it is, if it is no PNG.
    static func adding(_ texts: [(keyword: String, text: String)], to picture: [UInt8]) -> [UInt8] {
        guard picture.starts(with: signature), picture.count > startLength else { return picture }
        let chunks = texts.flatMap { text in
            // Keyword, not compressed, no language, no translated keyword.
            chunk("iTXt", Array(text.keyword.utf8) + [0, 0, 0, 0, 0] + Array(text.text.utf8))
        }
        return picture[..<startLength] + chunks + picture[startLength...]
    }

    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let checked = Array(type.utf8) + data
        return UInt32(data.count).bigEndianBytes + checked + CRC32.of(checked).bigEndianBytes
    }
}
