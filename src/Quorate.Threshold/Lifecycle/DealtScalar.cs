using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Lifecycle;

/// <summary>Direct: a secret scalar for one party only, which checks it against a commitment.</summary>
public sealed record DealtScalar<C>(Secret<Scalar<C>> Value) : IMessage<DealtScalar<C>>, IDisposable where C : struct, ICurve<C>
{
    /// <inheritdoc/>
    public static int MaxSize => Scalar<C>.Size;

    /// <inheritdoc/>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.SecretScalar(Value);
    }

    /// <inheritdoc/>
    public static DealtScalar<C> Read(ref WireReader reader) => new(reader.SecretScalar<C>());

    /// <summary>Wipes the scalar.</summary>
    public void Dispose() => Value.Dispose();

    /// <summary>Σ of secrets, which stay their owners'.</summary>
    internal static Secret<Scalar<C>> Sum(IEnumerable<Secret<Scalar<C>>> parts)
    {
        var sum = Scalar<C>.Zero;
        foreach (var part in parts)
            sum += part.Expose();
        return new(sum);
    }
}
