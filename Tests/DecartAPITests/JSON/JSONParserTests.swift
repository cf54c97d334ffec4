import DecartAPI
import Testing

@Suite struct JSONParserTests {
    @Test func `a status reply is read with its types`() throws {
        let reply = try JSONValue(parsing: #"{"job_id":"job_1","status":"processing","place":3,"load":0.5,"x":null}"#)
        #expect(
            reply == [
                "job_id": "job_1", "status": "processing", "place": 3, "load": 0.5, "x": .null,
            ])
    }

    @Test(
        arguments: [
            ("null", JSONValue.null), ("true", true), ("false", false), (" \t\r\n7 \n", 7), ("\"\"", ""), ("[]", []),
            ("{}", [:]), ("[ ]", []), ("{ }", [:]), ("[1,[2,{\"a\":[]}]]", [1, [2, ["a": []]]]),
            ("{\"a\" : 1 , \"b\" : 2}", ["a": 1, "b": 2]), ("\u{FEFF}{}", [:]),
        ] as [(String, JSONValue)])
    func `every kind of value is read`(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test(arguments: [
        ("0", JSONValue.integer(0)), ("-1", .integer(-1)), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("-9223372036854775809", .number(-9_223_372_036_854_775_808)), ("1.0", .number(1)), ("1e2", .number(100)),
        ("1E+2", .number(100)), ("25e-2", .number(0.25)), ("-0.5", .number(-0.5)), ("0.1", .number(0.1)),
        ("1e999", .number(.infinity)), ("-1e999", .number(-.infinity)), ("1e-999", .number(0)),
        ("18446744073709551616", .number(18_446_744_073_709_551_616)),
        ("5e-324", .number(.leastNonzeroMagnitude)), ("1.7976931348623157e308", .number(1.7976931348623157e308)),
    ])
    func `integers that fit stay integers and other numbers are doubles`(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test(arguments: ["-0", "-0.0", "-0e5"])
    func `minus zero keeps its sign`(text: String) throws {
        guard case .number(let number) = try JSONValue(parsing: text) else {
            Issue.record("\(text) is not a number")
            return
        }
        #expect(number == 0 && number.sign == .minus)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\uD83D\uDE00""#, "😀"), (#""a\ud83d\ude00b""#, "a😀b"), (#""\u0000""#, "\0"), ("\"日本\"", "日本"),
        (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
    ])
    func `escapes and surrogate pairs become their characters`(text: String, string: String) throws {
        #expect(try JSONValue(parsing: text) == .string(string))
    }

    @Test(arguments: [
        (#""\uD83D""#, "\u{FFFD}"), (#""\uDE00""#, "\u{FFFD}"), (#""\uD83Dx""#, "\u{FFFD}x"),
        (#""\uD83D\n""#, "\u{FFFD}\n"), (#""\uD83D\u0041""#, "\u{FFFD}A"), (#""\uDE00\uD83D""#, "\u{FFFD}\u{FFFD}"),
        (#""\uD83D\uD83D\uDE00""#, "\u{FFFD}😀"),
    ])
    func `half a surrogate pair is replaced and what follows is kept`(text: String, string: String) throws {
        #expect(try JSONValue(parsing: text) == .string(string))
    }

    @Test func `bytes that are not UTF-8 are replaced and the job id beside them is kept`() throws {
        let bytes = Array(#"{"job_id":"job_1","prompt":""#.utf8) + [0xFF, 0x61, 0xC3] + Array(#"","n\n":1}"#.utf8)
        let reply = try JSONValue(parsing: bytes)
        #expect(reply["job_id"] == "job_1")
        #expect(reply["prompt"] == "\u{FFFD}a\u{FFFD}")
    }

    @Test func `of members with one name the last wins`() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#) == ["a": 3, "b": 2])
        #expect(try JSONValue(parsing: #"{"a":1,"\u0061":2}"#) == ["a": 2])
    }

    @Test func `lists and objects may be nested 128 deep and no deeper`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: nested(128)) }
        #expect(throws: JSONError(offset: 128, reason: "nested deeper than 128")) {
            try JSONValue(parsing: nested(129))
        }
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "{\"a\":", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "[", count: 1_000_000)) }
    }

    @Test func `a text cut at any byte is refused`() {
        let whole = Array(#"{"job_id":"é\u00e9\ud83d\ude00","list":[1.5e+3,-20,true,false,null,{}],"last":"x"}"#.utf8)
        for length in 0..<whole.count {
            let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array(whole[..<length])) }
            #expect((error?.offset ?? .max) <= length)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: whole) }
    }

    @Test func `a text with any one byte changed is read or refused and never traps`() {
        let whole = Array(#"{"a":"\ud83d\ude00é","b":[1.5e+3,-0,true,null]}"#.utf8)
        for place in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = whole
                changed[place] = byte
                _ = try? JSONValue(parsing: changed)
            }
        }
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("nul", 0), ("True", 0), ("{]", 1), ("[1,]", 3), ("[,1]", 1), ("{\"a\":1,}", 7),
        ("{\"a\" 1}", 5), ("{a:1}", 1), ("{'a':1}", 1), ("[1 2]", 3), ("01", 1), ("-", 1), ("-x", 1), ("+1", 0),
        ("1.", 2), (".5", 0), ("1.e3", 2), ("1e", 2), ("1e+", 3), ("0x10", 1), ("NaN", 0), ("Infinity", 0),
        ("\"a\nb\"", 2), ("\"\u{0}\"", 1), ("\"\\x\"", 2), ("\"\\u12g4\"", 5), ("\"\\u\"", 3), ("1 1", 2),
        ("{} x", 3), ("// c\n1", 0), ("\u{0}", 0), ("[1\u{0}]", 2), ("{\"a\":}", 5), ("{\"a\"}", 4), ("<html>", 0),
        ("\"\\uD83D\\u12\"", 11), ("--1", 1), ("1\u{A0}", 1), ("-01", 2),
    ])
    func `what is not JSON is refused at the offending byte`(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.offset == offset, "\(error.map(String.init(describing:)) ?? "no error")")
    }

    @Test func `an error says what was expected and where`() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: #"{"job_id": }"#) }
        #expect(error?.description == "expected a value at byte 11")
        let early = #expect(throws: JSONError.self) { try JSONValue(parsing: #"{"job_id""#) }
        #expect(early?.description == "expected \":\", but the text ends at byte 9")
    }
}
