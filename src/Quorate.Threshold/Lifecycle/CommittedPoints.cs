using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Lifecycle;

/// <summary>Broadcast: commitments aₖ·G to secrets that are about to be dealt, 1 to <see cref="PartySet.MaxCount"/>.</summary>
public sealed record CommittedPoints<C>(Point<C>[] Points) : IMessage<CommittedPoints<C>> where C : struct, ICurve<C>
{
    /// <inheritdoc/>
    public static int MaxSize => 2 + PartySet.MaxCount * C.PointSize;

    /// <inheritdoc/>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Points<C>(Points);
    }

    /// <inheritdoc/>
    public static CommittedPoints<C> Read(ref WireReader reader)
    {
        var points = reader.Points<C>(PartySet.MaxCount);
        return points.Length > 0 ? new(points) : throw reader.Error("no points");
    }
}
