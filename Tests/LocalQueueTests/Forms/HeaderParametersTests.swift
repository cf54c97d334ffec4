import Testing

@testable import LocalQueue

struct HeaderParametersTests {
    @Test(arguments: [
        (#"form-data; name="data"; filename="a.mp4""#, "a.mp4"),
        (#"form-data; name=data; filename=a.mp4"#, "a.mp4"),
        (#"form-data; filename="a\"b.mp4"; name=x"#, #"a"b.mp4"#),
        (#"form-data; filename="a%22b%0D%0A.mp4""#, "a\"b\r\n.mp4"),
        (#"form-data; filename="C:\clips\a.mp4""#, #"C:\clips\a.mp4"#),
        (#"form-data; filename="a\\b""#, #"a\b"#),
        (#"form-data; filename="a;b=c""#, "a;b=c"),
        (#"Form-Data;FileName="ü 🎬.mp4" ; "#, "ü 🎬.mp4"),
        (#"form-data; filename="first"; filename="second""#, "first"),
        (#"form-data; filename="""#, ""),
    ])
    func `a file's name is read as senders write it`(header: String, name: String) throws {
        let parameters = try #require(HeaderParameters(header))
        #expect(parameters.value == "form-data")
        #expect(parameters["filename"] == name)
    }

    @Test(arguments: [#"form-data; name="open"#, "form-data; name", #"form-data; name="a" b"#])
    func `a header against the grammar is none`(header: String) {
        #expect(HeaderParameters(header) == nil)
    }
}

struct URLEncodedFormTests {
    @Test func `pairs are decoded in their order`() throws {
        let body = Array("prompt=A+beautiful%20sunset%21&seed=42&empty=&flag&%C3%BC=%F0%9F%8E%AC".utf8)
        let pairs = try URLEncodedForm.parse(body, limits: FormLimits())
        #expect(pairs.map(\.name) == ["prompt", "seed", "empty", "flag", "ü"])
        #expect(pairs.map { String(decoding: $0.value, as: UTF8.self) } == ["A beautiful sunset!", "42", "", "", "🎬"])
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz"])
    func `half an escape is malformed`(body: String) {
        #expect(throws: FormError.self) { try URLEncodedForm.parse(Array(body.utf8), limits: FormLimits()) }
    }

    @Test func `too many and too long fields are refused`() {
        let many = Array(String(repeating: "a=b&", count: 65).utf8)
        let long = Array(("a=" + String(repeating: "x", count: 1024 * 1024 + 1)).utf8)
        #expect(throws: FormError.self) { try URLEncodedForm.parse(many, limits: FormLimits()) }
        #expect(throws: FormError.self) { try URLEncodedForm.parse(long, limits: FormLimits()) }
    }
}
