/// A terminal as the live region needs it: whatever the script writes to it comes here first.
protocol TerminalDevice: Sendable {
    var size: TerminalSize { get }

    /// From now on `read` returns what the script and the programs it starts write; `arrived` is called when
    /// there is something. Returns false if that is not possible here.
    func begin(_ arrived: @escaping @Sendable () -> Void) -> Bool
    /// What has been written since. Does not wait.
    func read() -> [UInt8]
    /// Shows bytes.
    func write(_ bytes: [UInt8])
    /// Passes the terminal's size on to the programs that the script starts.
    func pass(_ size: TerminalSize)
    /// From now on, output goes to the terminal itself. What came before can still be read, once.
    func end()
}

struct TerminalSize: Sendable, Hashable {
    var columns: Int
    var rows: Int
}
