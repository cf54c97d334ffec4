/// A secret that does not show, however it or what holds it is printed, mirrored, interpolated or logged.
public protocol HiddenWhenPrinted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension HiddenWhenPrinted {
    public var description: String { "\(Self.self)(hidden)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
