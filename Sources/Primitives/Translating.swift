/// What an expression gives, or its error in other words.
@inlinable
package func translating<Value, Failure: Error, Other: Error>(
    _ body: @autoclosure () throws(Failure) -> Value, _ words: (Failure) -> Other
) throws(Other) -> Value {
    do { return try body() } catch { throw words(error) }
}

/// What an expression gives, or another error than its own.
@inlinable
package func translating<Value, Other: Error>(
    _ body: @autoclosure () throws -> Value, to other: @autoclosure () -> Other
) throws(Other) -> Value {
    do { return try body() } catch { throw other() }
}
