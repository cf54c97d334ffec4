extension JSONParser {
    mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        let isNegative = current == UInt8(ascii: "-")
        if isNegative { index += 1 }

        // Counted down from zero, since `Int64.min` has no positive counterpart.
        var total: Int64 = 0
        var fits = true
        guard isDigit(current) else { throw error("expected a digit") }
        if current == UInt8(ascii: "0") {
            index += 1
            guard !isDigit(current) else { throw error("a number does not start with 0") }
        }
        while isDigit(current) {
            let (scaled, overflow) = total.multipliedReportingOverflow(by: 10)
            let (next, overflowed) = scaled.subtractingReportingOverflow(Int64(current - UInt8(ascii: "0")))
            fits = fits && !overflow && !overflowed
            total = next
            index += 1
        }

        let hasFraction = current == UInt8(ascii: ".")
        if hasFraction {
            index += 1
            try digits()
        }
        let hasExponent = current == UInt8(ascii: "e") || current == UInt8(ascii: "E")
        if hasExponent {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try digits()
        }

        if fits && !hasFraction && !hasExponent {
            if isNegative { return total == 0 ? .number(-0.0) : .integer(total) }
            if total != .min { return .integer(-total) }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let number = Double(text) else { throw JSONError(offset: start, reason: "not a number") }
        return .number(number)
    }

    private mutating func digits() throws(JSONError) {
        guard isDigit(current) else { throw error("expected a digit") }
        while isDigit(current) { index += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
