internal import DecartAPI
internal import DecartClient
internal import LuaVM
internal import RunClock
internal import ScriptRuntime

extension DecartModule {
    func clientFunctions() -> [ModuleFunction] {
        [
            ModuleFunction("createDecartClient") { [self] call throws(LuaError) in
                do throws(DecartError) {
                    add(try makeClient(call.value(1)))
                } catch {
                    throw LuaError(error)
                }
                call.push(.integer(Int64(clients.count - 1)))
                return .returns
            }
        ]
    }

    private func makeClient(_ value: LuaValue) throws(DecartError) -> DecartClient {
        let options = try Options(value, call: "createDecartClient")
        try options.check(known: ["apiKey", "baseUrl", "proxy", "integration", "maxRetries", "timeout"])
        let configuration = try ClientConfiguration.resolve(
            ClientOptions(
                apiKey: try options.text("apiKey"), baseURL: try options.text("baseUrl"),
                proxy: try options.text("proxy"), integration: try options.text("integration"),
                maxRetries: try options.integer("maxRetries"),
                timeout: try options.number("timeout").map(Duration.fromMilliseconds)),
            environment: settings.environment(), server: settings.server)
        return DecartClient(
            configuration: configuration, transport: try transport(), clock: clock, chance: settings.chance,
            executor: executor)
    }

    func client(_ call: borrowing HostCall) throws(LuaError) -> DecartClient {
        let number = try call.integer(1)
        guard clients.indices.contains(number) else { throw .message("this client does not exist") }
        return clients[number]
    }
}
