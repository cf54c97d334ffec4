import Testing

@testable import LocalQueue

struct BuiltInClipTests {
    static func order(
        _ id: String = "job_1", prompt: String = "A beautiful sunset", model: String = "lucy-pro-t2v",
        uploads: [Upload] = []
    ) -> ClipOrder {
        ClipOrder(
            JobRecord(
                number: 1, id: id, model: model, fields: [.init(name: "prompt", value: prompt)], uploads: uploads,
                timetable: JobTimetable(phases: [.init(from: 0, status: "pending")])))
    }

    @Test(.enabled(if: Probe.ffprobe != nil))
    func `the built-in clip plays and carries its job`() async throws {
        let probe = try await Probe(BuiltInClip.bytes(for: Self.order(prompt: "Schöner 🌅 sunset")), name: "clip.mp4")
        #expect(probe.complaints.isEmpty)
        #expect(probe.text("codec_name") == "h264")
        #expect(probe.text("pix_fmt") == "yuv420p")
        #expect(probe.text("nb_read_frames") == "24")
        #expect(probe.duration == 2)
        #expect(probe.tags["title"] == "Schöner 🌅 sunset")
        #expect(probe.tags["comment"] == "job_1")
    }

    @Test(.enabled(if: Probe.ffprobe != nil))
    func `the built-in picture is a sound PNG`() async throws {
        let probe = try await Probe(BuiltInClip.bytes(for: Self.order(model: "lucy-image-2")), name: "picture.png")
        #expect(probe.complaints.isEmpty)
        #expect(probe.text("codec_name") == "png")
        #expect(probe.text("nb_read_frames") == "1")
    }

    @Test(arguments: ["lucy-pro-t2v", "lucy-image-2"])
    func `two jobs never get equal bytes, one job always the same`(model: String) {
        let first = BuiltInClip.bytes(for: Self.order("job_1", model: model))
        #expect(first == BuiltInClip.bytes(for: Self.order("job_1", model: model)))
        #expect(first != BuiltInClip.bytes(for: Self.order("job_2", model: model)))
    }

    @Test func `the boxes of the marked clip fit into one another`() {
        let clip = BuiltInClip.bytes(for: Self.order())
        let boxes = MP4Box.list(in: clip[...])
        #expect(boxes.map(\.whole.count).reduce(0, +) == clip.count)
        let moov = boxes.last
        #expect(moov?.type == "moov")
        let inner = MP4Box.list(in: moov?.payload ?? [])
        #expect(inner.map(\.whole.count).reduce(8, +) == moov?.whole.count)
        #expect(inner.map(\.type) == ["mvhd", "trak", "udta"])
    }

    @Test func `a file of another layout comes back as it is`() {
        #expect(MP4File.tagging([1, 2, 3], title: "a", comment: "b") == [1, 2, 3])
        #expect(MP4File.tagging([0, 0, 0, 99, 1, 1, 1, 1], title: "a", comment: "b").count == 8)
        #expect(PNGFile.adding([("a", "b")], to: [1, 2, 3]) == [1, 2, 3])
    }

    @Test func `the checksum is the one of PNG and ZIP`() {
        #expect(CRC32.of("123456789".utf8) == 0xCBF4_3926)
    }

    @Test func `a caption has no control characters and an end`() {
        let order = Self.order(prompt: "two\nlines\u{0}" + String(repeating: "x", count: 5000))
        #expect(order.caption.hasPrefix("two lines xx"))
        #expect(order.caption.unicodeScalars.count == 1000)
    }
}
