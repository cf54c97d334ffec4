import Foundation
import LiveDocument
import TestSupport

/// A short video that the queue on this machine hands out.
enum TestClip {
    static let path = Repository.root + "/Sources/LocalQueue/Clips/Base/clip.mp4"

    static func blob() throws -> MediaBlob {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        return MediaBlob(storage: .memory(bytes), size: bytes.count, type: "video/mp4", name: "a.mp4")
    }
}
