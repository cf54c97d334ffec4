/// What a `Range` header asks for (RFC 9110, section 14).
public enum ByteRange: Hashable, Sendable {
    /// Everything: no header, or one to ignore (another unit, several ranges, a syntax error).
    case whole
    case part(Range<Int>)
    /// A range that begins after the end.
    case unsatisfiable

    /// - Parameter size: of the whole, in bytes.
    public init(_ header: String?, size: Int) {
        guard let header, let parts = Self.parse(header) else {
            self = .whole
            return
        }
        switch parts {
        case (nil, nil):
            self = .whole
        case (nil, let suffix?):
            self = suffix == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - suffix)..<size)
        case (let first?, let last):
            if let last, last < first {
                self = .whole
            } else if first >= size {
                self = .unsatisfiable
            } else {
                self = .part(first..<min(size, (last ?? size - 1).advanced(by: last == Int.max ? 0 : 1)))
            }
        }
    }

    private static func parse(_ header: String) -> (first: Int?, last: Int?)? {
        let halves = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, trimmed(halves[0]).lowercased() == "bytes" else { return nil }
        let ends = trimmed(halves[1]).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        var numbers: [Int?] = []
        for end in ends {
            guard end.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            // A number too large for Int lies after every possible end.
            numbers.append(end.isEmpty ? nil : Int(end) ?? Int.max)
        }
        return (numbers[0], numbers[1])
    }

    /// Without spaces and tabs at both ends.
    private static func trimmed(_ text: Substring) -> Substring {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = text.drop(while: blank)
        while rest.last.map(blank) ?? false { rest.removeLast() }
        return rest
    }
}
