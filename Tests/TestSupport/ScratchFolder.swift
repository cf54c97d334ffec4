package import Foundation

/// A folder of a test's own, gone with this object.
package final class ScratchFolder: Sendable {
    package let path: String

    package init() throws {
        path = NSTemporaryDirectory() + "decart-lua-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder, be it there or not.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file, and the folders on the way to it.
    ///
    /// - Returns: its path.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String {
        try write(name, bytes: text.utf8)
    }

    @discardableResult
    package func write(_ name: String, bytes: some Sequence<UInt8>) throws -> String {
        let file = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    /// What a file holds; nil where there is none.
    package func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: file(name)) }

    package func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }

    package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }

    /// What is in the folder, hidden files too, sorted.
    package var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}
