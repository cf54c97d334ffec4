import DecartAPI
import Testing

@Suite struct JobIDTests {
    @Test(arguments: [
        ("job_1", "job_1"), ("a-b.c~d_E9", "a-b.c~d_E9"), ("a b", "a%20b"), ("a?b#c", "a%3Fb%23c"), ("50%", "50%25"),
        ("é", "%C3%A9"), ("😀", "%F0%9F%98%80"), ("a\\b", "a%5Cb"), ("a:b@c", "a%3Ab%40c"), ("a+b&c=d", "a%2Bb%26c%3Dd"),
        (".", "%2E"), ("..", "%2E%2E"), ("...", "..."), ("%2F", "%252F"),
    ])
    func `an id is one segment of a path`(text: String, segment: String) throws {
        let id = try JobID(text)
        #expect(id.text == text)
        #expect(id.pathSegment == segment)
    }

    @Test(arguments: ["", "/", "a/b", "../status", "a\n", "\r\nX-Evil: 1", "a\u{0}b", "a\u{7F}", "\t"])
    func `an id that was never given out is INVALID_INPUT`(text: String) {
        let error = #expect(throws: DecartError.self) { try JobID(text) }
        #expect(error?.code == .invalidInput)
        #expect(error?.message.contains("submit returned") == true)
    }

    @Test func `an error about a job carries its id`() throws {
        let error = DecartError(.timeout, "Gave up.").about(job: try JobID("job_1"))
        #expect(error.data["job_id"] == "job_1")
        #expect("\(error)" == "TIMEOUT: Gave up.")
    }

    @Test(arguments: [("pending", false), ("processing", false), ("completed", true), ("failed", true), ("new", false)])
    func `only completed and failed are finished`(word: String, isFinished: Bool) {
        #expect(JobStatus(rawValue: word).isFinished == isFinished)
    }
}
