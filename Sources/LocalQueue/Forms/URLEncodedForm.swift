/// Reads an `application/x-www-form-urlencoded` body.
enum URLEncodedForm {
    /// The pairs in order; a name without `=` has an empty value.
    static func parse(_ body: [UInt8], limits: FormLimits) throws(FormError) -> [(name: String, value: [UInt8])] {
        var pairs: [(name: String, value: [UInt8])] = []
        for pair in body.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < limits.parts else {
                throw .tooLarge("The form has more than \(limits.parts) fields.")
            }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try decode(pair[..<equals])
            let value = try decode(pair[equals...].dropFirst())
            guard value.count <= limits.field else {
                throw .tooLarge("A field of the form is over \(limits.field) bytes.")
            }
            pairs.append((String(decoding: name, as: UTF8.self), value))
        }
        return pairs
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(FormError) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                decoded.append(32)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                    throw .malformed("a percent sign is not followed by two hexadecimal digits")
                }
                decoded.append(high << 4 | low)
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }
}

/// The value of a hexadecimal digit, or nil.
func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
