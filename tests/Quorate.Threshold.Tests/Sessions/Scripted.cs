using System.Text;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>A protocol whose script the test writes, for the semantics of the kernel alone.</summary>
sealed class Scripted(
    int me, PartySet parties, Func<Scripted, IEnumerable<Round>> script, string name = "test/1", ulong id = 1, params byte[][] agreed)
    : Protocol<Outcome>(name, FrostRuns.Id(id), new(me), parties, agreed)
{
    internal byte[] SessionContext => Context.ToArray();

    internal new Round<M> Round<M>(byte number, PartySet? senders = null, Round? confirms = null) where M : IMessage<M> =>
        base.Round<M>(number, senders, confirms);

    internal new Round<M> EchoRound<M>(byte number, PartySet? senders = null) where M : IMessage<M> => base.EchoRound<M>(number, senders);

    internal new T Own<T>(T value) where T : IDisposable => base.Own(value);

    internal new void Finish(Outcome outcome) => base.Finish(outcome);

    internal static new void Blame(Fault fault, IEnumerable<PartyId> culprits) => Protocol<Outcome>.Blame(fault, culprits);

    protected internal override IEnumerable<Round> Run() => script(this);
}

/// <summary>What a test's script ends with: text, and a secret that must be wiped when nobody takes it.</summary>
sealed class Outcome(string text) : IDisposable
{
    internal string Text { get; } = text;

    internal Secret<Scalar<Secp256k1>> Secret { get; } = new(Scalar<Secp256k1>.One);

    public void Dispose() => Secret.Dispose();
}

/// <summary>A line of at most 62 bytes.</summary>
sealed record Note(string Text) : IMessage<Note>
{
    public static int MaxSize => 64;

    public void Write(WireWriter writer) => writer.Bytes(Encoding.UTF8.GetBytes(Text));

    public static Note Read(ref WireReader reader) => new(Encoding.UTF8.GetString(reader.Bytes(62)));
}

/// <summary>A message that carries a secret.</summary>
sealed record Whisper(Secret<Scalar<Secp256k1>> Value) : IMessage<Whisper>, IDisposable
{
    internal static Whisper Of(ulong value) => new(new Secret<Scalar<Secp256k1>>(Scalar<Secp256k1>.FromUInt64(value)));

    public static int MaxSize => 32;

    public void Write(WireWriter writer) => writer.SecretScalar(Value);

    public static Whisper Read(ref WireReader reader) => new(reader.SecretScalar<Secp256k1>());

    public void Dispose() => Value.Dispose();
}
