using Quorate.Cryptography.Hashing;

namespace Quorate.Policies;

/// <summary>
/// One administrator's order to stop: of a deployment, for a wallet or everything. It belongs to no chain, so that it reaches
/// a node that has missed acts; the number of unfreezings it knows of keeps an old one from being shown again.
/// </summary>
/// <param name="Deployment">Hash of the genesis document.</param>
/// <param name="Scope">A wallet, or * for everything.</param>
/// <param name="Unfreezings">How many acts of unfreezing the administrator knows of.</param>
/// <param name="Reason">In words.</param>
public sealed record FreezeOrder(Digest Deployment, string Scope, ulong Unfreezings, string Reason)
{
    /// <summary>Largest document read.</summary>
    public const int MaxSize = 8 << 10;

    /// <summary>What the administrator signs.</summary>
    public Digest Hash
    {
        get
        {
            using var transcript = new Transcript(Tags.FreezeOrder);
            return new(transcript.Append(Deployment.ToArray()).Append(Scope).Append(Unfreezings).Append(Reason).Digest());
        }
    }

    /// <summary>Reads an order.</summary>
    /// <exception cref="DocumentException">Not an order; says where and why.</exception>
    public static FreezeOrder Parse(ReadOnlySpan<byte> utf8)
    {
        var members = new JsonMembers(JsonTree.Parse(utf8, MaxSize));
        members.Required("quorateFreeze").AsNumber(1, 1);
        var order = new FreezeOrder(
            members.Required("deployment").AsDigest(), AdministrativeAct.ReadScope(members.Required("scope")),
            (ulong)members.Required("unfreezings").AsNumber(0, JsonTree.MaxNumber), members.Required("reason").AsProse());
        members.End();
        return order;
    }
}
