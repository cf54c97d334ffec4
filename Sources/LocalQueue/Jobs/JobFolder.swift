import FoundationEssentials
import Glibc
import PlainErrors
import Synchronization
import SystemPackage
import TemporaryFiles

/// The folder of the queue's files: uploads and clips. With a database it lies beside it and stays; without one it is a
/// temporary folder, made when first needed and removed at the end.
final class JobFolder: Sendable {
    private enum Place {
        case lasting(String)
        case temporary(String?)
    }

    private static let uploadPrefix = "upload-"
    private static let clipPrefix = "clip-"

    private let place: Mutex<Place>

    /// - Parameter path: the folder, created if missing; nil: a temporary one.
    init(path: String?) throws(MessageError) {
        guard let path else {
            place = Mutex(.temporary(nil))
            return
        }
        // Absolute, so that it stays the same folder if the process changes directory.
        let start = path.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
        place = Mutex(.lasting(start + path))
        try Self.make(start + path)
    }

    deinit {
        if case .temporary(let path?) = place.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
    }

    /// The folder's path, absolute.
    func path() throws(MessageError) -> String {
        let made = place.withLock { place -> Result<String, MessageError> in
            switch place {
            case .lasting(let path), .temporary(let path?):
                return .success(path)
            case .temporary(nil):
                do throws(MessageError) {
                    let path = try MessageError.storing("cannot create a folder in", TemporaryFolder.systemFolder) {
                        try TemporaryFolder.process.newPath("queue")
                    }
                    try Self.make(path)
                    place = .temporary(path)
                    return .success(path)
                } catch {
                    return .failure(error)
                }
            }
        }
        return try made.get()
    }

    func path(of fileName: String) throws(MessageError) -> String {
        try path() + "/" + fileName
    }

    static func newUploadName() -> String { uploadPrefix + UUID().uuidString.lowercased() }

    /// Job ids are made by the queue of letters and digits only, so they are safe in a file name.
    static func clipName(of id: String, extension suffix: String) -> String { "\(clipPrefix)\(id).\(suffix)" }

    func remove(_ fileName: String) {
        guard let path = try? path(of: fileName) else { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Removes the files of a form that is not used.
    func discard(_ form: ReceivedForm) {
        for file in form.files { remove(file.fileName) }
    }

    /// Writes a file completely or not at all.
    func write(_ bytes: [UInt8], to fileName: String) throws(MessageError) {
        let path = try path(of: fileName)
        let part = path + ".part"
        try? FileManager.default.removeItem(atPath: part)
        let sink = try FileSink(path: part)
        try sink.write(bytes)
        try rename(part, to: path)
    }

    /// Gives a file its final name once it is complete.
    func rename(_ part: String, to path: String) throws(MessageError) {
        try MessageError.storing("cannot create", path) {
            guard Glibc.rename(part, path) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Removes what a killed run left unfinished: files that no job refers to.
    func removeOrphans(keeping names: Set<String>) throws(MessageError) {
        let path = try path()
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            return
        }
        for name in found where !names.contains(name) {
            guard name.hasPrefix(Self.uploadPrefix) || name.hasPrefix(Self.clipPrefix) else { continue }
            remove(name)
        }
    }

    private static func make(_ path: String) throws(MessageError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw MessageError("The local queue cannot create the folder \(path) for its files: \(error).")
        }
    }
}
