namespace Quorate.Threshold.Sessions;

/// <summary>
/// What one party tells another in one round. Reading validates: a message that exists is well formed. A message that
/// carries a secret holds it in a <c>Secret</c> and is disposable; the round disposes what it received and sent.
/// </summary>
public interface IMessage<TSelf> where TSelf : IMessage<TSelf>
{
    /// <summary>The longest encoding in bytes that this type can have. Longer payloads are refused unread.</summary>
    static abstract int MaxSize { get; }

    /// <summary>Writes the encoding.</summary>
    void Write(WireWriter writer);

    /// <summary>Reads one message. The caller checks that nothing is left.</summary>
    /// <exception cref="WireException">The bytes are no such message.</exception>
    static abstract TSelf Read(ref WireReader reader);
}
