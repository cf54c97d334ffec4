import DecartAPI
import Testing

@Suite struct JSONWriterTests {
    @Test(
        arguments: [
            (JSONValue.null, "null"), (true, "true"), (false, "false"), (0, "0"),
            (.integer(.min), "-9223372036854775808"),
            (.integer(.max), "9223372036854775807"), (.number(1), "1.0"), (.number(0.1), "0.1"),
            (.number(-0.0), "-0.0"),
            (.number(1e300), "1e+300"), (.number(.leastNonzeroMagnitude), "5e-324"), (.number(.nan), "null"),
            (.number(.infinity), "null"), (.number(-.infinity), "null"), ([], "[]"), ([:], "{}"), ("", "\"\""),
            ([1, [2], ["a": "b"]], #"[1,[2],{"a":"b"}]"#),
        ] as [(JSONValue, String)])
    func `every kind of value is written`(value: JSONValue, text: String) {
        #expect(value.serializedText == text)
    }

    @Test func `members are sorted by name`() {
        let value: JSONValue = ["b": 1, "a": 2, "ä": 3, "B": 4, "": 5, "aa": 6]
        #expect(value.serializedText == #"{"":5,"B":4,"a":2,"aa":6,"b":1,"ä":3}"#)
    }

    @Test func `quotes, backslashes and control characters are escaped and nothing else is`() {
        let value: JSONValue = "\"\\/\u{8}\u{9}\n\u{C}\r\u{0}\u{1F}\u{7F}é😀\u{2028}"
        #expect(value.serializedText == "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0000\\u001f\u{7F}é😀\u{2028}\"")
    }

    @Test(
        arguments: [
            JSONValue.null, true, 42, .integer(.min), .integer(.max), .number(42), .number(-0.0), .number(0.1),
            .number(1e21), .number(.greatestFiniteMagnitude), .number(.leastNonzeroMagnitude), "a\u{0}\"\\\n😀",
            ["a": [1, 2.5, .null, ["b": []]], "": [:], "\n": "\t"],
        ] as [JSONValue])
    func `a value comes back as itself`(value: JSONValue) throws {
        let back = try JSONValue(parsing: value.serialized())
        #expect(back == value)
        #expect(back.serialized() == value.serialized())
    }

    @Test func `every character comes back as itself`() throws {
        for scalar in (0...0xFFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init) {
            let value = JSONValue.string(String(scalar))
            let back = try JSONValue(parsing: value.serialized())
            // Compared by scalars: strings are equal already when they look alike.
            #expect(back.text?.unicodeScalars.elementsEqual([scalar]) == true)
        }
    }
}
