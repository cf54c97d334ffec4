import Foundation
import Logging
import RunClock
import Testing

@testable import LocalQueue

@Suite(.enabled(if: Probe.ffmpeg != nil && Probe.ffprobe != nil), .timeLimit(.minutes(5)))
struct FFmpegRendererTests {
    private let folder: JobFolder
    private let renderer: FFmpegRenderer

    init() throws {
        folder = try JobFolder(path: nil)
        renderer = FFmpegRenderer(
            executable: Probe.ffmpeg ?? "", folder: folder, clock: SystemClock(), logger: Logger(label: "test"))
    }

    private func bytes(of clip: Clip) throws -> [UInt8] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path(of: clip.fileName))))
        #expect(Clip(fileName: clip.fileName, type: clip.type, bytes: bytes) == clip)
        return bytes
    }

    /// A clip of the project's own as somebody's upload.
    private func upload(_ field: String, model: String) throws -> Upload {
        let name = JobFolder.newUploadName()
        let bytes = BuiltInClip.bytes(for: BuiltInClipTests.order("job_up", model: model))
        try folder.write(bytes, to: name)
        return Upload(field: field, senderName: "x", type: "video/mp4", size: bytes.count, fileName: name)
    }

    @Test(arguments: ["A beautiful sunset", "it's 100% \"quoted\": [in=1], \\n;\n日本語", "", "rain", "a", "b", "c"])
    func `a clip is rendered from any prompt`(prompt: String) async throws {
        let clip = try #require(await renderer.render(BuiltInClipTests.order(prompt: prompt)))
        let probe = try await Probe(bytes(of: clip), name: "clip.mp4")
        #expect(probe.complaints.isEmpty)
        #expect(probe.text("codec_name") == "h264")
        #expect(probe.text("pix_fmt") == "yuv420p")
        #expect(probe.text("width") == "640" && probe.text("height") == "352")
        #expect(probe.text("r_frame_rate") == "25/1")
        #expect(abs(probe.duration - 3) < 0.2)
        #expect(probe.tags["comment"] == "job_1")
    }

    @Test func `an uploaded video is worked on`() async throws {
        let order = BuiltInClipTests.order(
            model: "lucy-clip", uploads: [try upload("data", model: "lucy-pro-t2v")])
        let clip = try #require(await renderer.render(order))
        let probe = try await Probe(bytes(of: clip), name: "clip.mp4")
        #expect(probe.complaints.isEmpty)
        // The upload's own length tells that it was used: a generated picture has three seconds.
        #expect(abs(probe.duration - 2) < 0.2)
    }

    @Test func `an uploaded picture becomes a slow zoom`() async throws {
        let order = BuiltInClipTests.order(
            model: "lucy-pro-i2v", uploads: [try upload("data", model: "lucy-image-2")])
        let clip = try #require(await renderer.render(order))
        let probe = try await Probe(bytes(of: clip), name: "clip.mp4")
        #expect(probe.complaints.isEmpty)
        #expect(abs(probe.duration - 3) < 0.2)
    }

    @Test func `an image model gives pictures, and two jobs of one upload different ones`() async throws {
        let source = try upload("data", model: "lucy-image-2")
        var all: [[UInt8]] = []
        for id in ["job_1", "job_2"] {
            let order = BuiltInClipTests.order(id, model: "lucy-image-2", uploads: [source])
            all.append(try bytes(of: try #require(await renderer.render(order))))
        }
        let probe = try await Probe(all[0], name: "picture.png")
        #expect(probe.complaints.isEmpty)
        #expect(probe.text("codec_name") == "png")
        #expect(all[0] != all[1])
    }

    @Test(arguments: [
        "not a video", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "ffconcat version 1.0\nfile clip.mp4\n",
    ])
    func `an upload that is no video is left out`(text: String) async throws {
        let name = JobFolder.newUploadName()
        try folder.write(Array(text.utf8), to: name)
        let upload = Upload(field: "data", senderName: "x", type: "video/mp4", size: text.utf8.count, fileName: name)
        let clip = try #require(await renderer.render(BuiltInClipTests.order(model: "lucy-clip", uploads: [upload])))
        #expect(try await Probe(bytes(of: clip), name: "clip.mp4").complaints.isEmpty)
    }

    @Test func `nothing but the clip is left in the folder`() async throws {
        _ = await renderer.render(BuiltInClipTests.order())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == ["clip-job_1.mp4"])
    }

    @Test func `without a working ffmpeg there is no clip`() async throws {
        let broken = FFmpegRenderer(
            executable: "/nonexistent/ffmpeg", folder: folder, clock: SystemClock(), logger: Logger(label: "test"))
        #expect(await broken.render(BuiltInClipTests.order()) == nil)
    }
}
