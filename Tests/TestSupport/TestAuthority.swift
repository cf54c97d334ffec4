/// A certificate authority of a test's own, made by the `openssl` command in a folder that goes with it.
package final class TestAuthority: Sendable {
    package struct Identity: Sendable {
        /// Paths of PEM files.
        package var certificate: String
        package var key: String
    }

    private struct Failure: Error {
        var errors: String
    }

    private let folder: ScratchFolder

    package init() async throws {
        folder = try ScratchFolder()
        try await Self.openssl(
            ["req", "-x509", "-days", "1", "-subj", "/CN=Test authority", "-out", file]
                + Self.newKey(folder.file("ca.key")))
    }

    /// The authority's own certificate: what `SSL_CERT_FILE` names.
    package var file: String { folder.file("ca.pem") }

    /// - Parameters:
    ///   - names: such as `DNS:localhost,IP:127.0.0.1`.
    ///   - days: from now; a negative number is over by now.
    package func identity(_ names: String, days: Int = 1) async throws -> Identity {
        let (request, key) = (folder.file("leaf.csr"), folder.file("leaf.key"))
        let certificate = folder.file("leaf.pem")
        try await Self.openssl(
            ["req", "-subj", "/CN=leaf", "-addext", "subjectAltName=\(names)", "-out", request] + Self.newKey(key))
        try await Self.openssl([
            "x509", "-req", "-in", request, "-CA", file, "-CAkey", folder.file("ca.key"), "-CAcreateserial",
            "-copy_extensions", "copy", "-days", "\(days)", "-out", certificate,
        ])
        return Identity(certificate: certificate, key: key)
    }

    private static func newKey(_ path: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path]
    }

    private static func openssl(_ words: [String]) async throws {
        let outcome = try await ChildProgram("openssl").run(words)
        guard outcome.exitCode == 0 else { throw Failure(errors: outcome.errors) }
    }
}
