import Testing
@testable import ScriptTesting
