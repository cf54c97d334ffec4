/// Who else uses the terminal while a document is shown on it.
public protocol TerminalSharing: Sendable {
    /// Runs `body` while nobody else uses the terminal.
    func alone(_ body: () -> Void)

    /// Runs `body`, after which what is written to standard output and standard error comes to the renderer, which shows
    /// it; or goes to the terminal itself again.
    func redirect(_ isRedirected: Bool, _ body: () -> Bool) -> Bool
}

/// A terminal that others use too.
struct SharedTerminal: TerminalDevice {
    let device: any TerminalDevice
    let sharing: any TerminalSharing

    var size: TerminalSize { device.size }

    func begin(_ arrived: @escaping @Sendable () -> Void) -> Bool {
        sharing.redirect(true) { device.begin(arrived) }
    }

    func read() -> [UInt8] { device.read() }
    func write(_ bytes: [UInt8]) { sharing.alone { device.write(bytes) } }
    func pass(_ size: TerminalSize) { device.pass(size) }

    func end() {
        _ = sharing.redirect(false) {
            device.end()
            return true
        }
    }
}
