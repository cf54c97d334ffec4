public import DecartAPI
import Glibc
import NIOSSL

/// Which certificate authorities are trusted: the system's, or those that the variables of OpenSSL name.
///
/// | variable        | names                                                                                    |
/// |-----------------|------------------------------------------------------------------------------------------|
/// | `SSL_CERT_FILE` | a file of PEM certificates that replaces the system's file                                |
/// | `SSL_CERT_DIR`  | a folder of such files, under hashed names, that replaces the system's folder            |
///
/// A variable that is not set leaves its half to the system. On systems that keep all their authorities in both places,
/// `SSL_CERT_FILE` therefore adds to them.
public struct TrustSettings: Hashable, Sendable {
    private static let systemFolder = "/etc/ssl/certs"

    private var file: String?
    private var folder: String?

    /// The system's authorities.
    public init() {}

    /// - Throws: `INVALID_OPTIONS` for a file that cannot be read. Going on without it would fail later and say less.
    public init(environment: [String: String]) throws(DecartError) {
        if let folder = environment["SSL_CERT_DIR"], !folder.isEmpty { self.folder = folder }
        guard let file = environment["SSL_CERT_FILE"], !file.isEmpty else { return }
        do throws(SystemError) {
            guard try FileFacts.of(BytePath(file)).kind != .folder else { throw SystemError(code: EISDIR) }
            _ = try OpenFile(reading: BytePath(file))
        } catch {
            throw DecartError(
                .invalidOptions,
                "SSL_CERT_FILE names \(Excerpt.quoted(file, limit: 200)), which cannot be read: \(error.message). "
                    + "Correct it, or unset it to trust the system's authorities.", cause: error.message)
        }
        self.file = file
    }

    var forTLS: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        guard file != nil || folder != nil else { return configuration }
        // A folder that is not there holds no authority; that is no reason to trust nobody.
        let present = [folder ?? Self.systemFolder].filter { (try? FileFacts.of(BytePath($0)).kind) == .folder }
        switch (present.first, file) {
        case (nil, nil): break
        case (let only?, nil), (nil, let only?): configuration.trustRoots = .file(only)
        case (let folder?, let file?):
            // Only the first place may be a folder.
            configuration.trustRoots = .file(folder)
            configuration.additionalTrustRoots = [.file(file)]
        }
        return configuration
    }
}
