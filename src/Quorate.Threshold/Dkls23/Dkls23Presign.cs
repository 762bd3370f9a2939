using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// The first two rounds of signing, before there is a message. Each party ends with a <see cref="Dkls23Presignature"/>;
/// with those, <see cref="Dkls23Online"/> signs in one round. See docs/spec/dkls23.md.
/// </summary>
public sealed class Dkls23Presign : Dkls23Preparation<Dkls23Presignature>
{
    /// <summary>Prepares one signature by exactly this quorum, of as many parties as the threshold says.</summary>
    /// <exception cref="ArgumentException">The quorum is not t holders of the key with this party.</exception>
    /// <exception cref="InvalidOperationException">A member of the quorum is banned for this key.</exception>
    public Dkls23Presign(SessionId id, Dkls23KeyShare share, PartySet quorum, IBanList bans, IRandom random)
        : base("dkls23-presign/1", id, share, quorum, bans, random) { }

    /// <inheritdoc/>
    protected internal override IEnumerable<Round> Run()
    {
        foreach (var round in Prepare())
            yield return round;
        Finish(new(Key, Parties, Prepared));
    }
}
