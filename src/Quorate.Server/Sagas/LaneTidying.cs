using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Quorate.Chains;
using Quorate.Server.Ids;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>
/// Puts the lanes in order that this server has used, and fills gaps. What is left in a lane by a server that was killed does
/// harm only to who uses the lane next, and who uses it tidies it.
/// </summary>
/// <param name="office">What the saga works with.</param>
/// <param name="ask">Carries a request out, with its external id, or says why not.</param>
sealed class LaneTidying(TransferOffice office, Func<TransferCommand.Request, CancellationToken, Task<Deciding.Refusal?>> ask)
{
    /// <summary>How often a gap is filled in vain before somebody has to look.</summary>
    const int MaxFills = 32;

    /// <summary>Every account once. What fails is done the next time.</summary>
    internal async Task TidyAsync(CancellationToken cancellation)
    {
        foreach (var (account, desk) in office.Accounts)
        {
            try
            {
                if (await desk.TidyAsync(account, HasEndedAsync, cancellation).ConfigureAwait(false) is { } gap)
                    await FillAsync(gap, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ChainException or StepFailedException)
            {
                // The next time.
            }
        }

        async Task<bool> HasEndedAsync(string holder) => ResourceId.TryParse(holder, out var id)
            && (await office.ReadAsync(id, cancellation).ConfigureAwait(false)) is { Phase: TransferPhase.Ended };
    }

    /// <summary>
    /// A transfer of nothing to oneself, in the name of who waits and at what he pays at most: he has to sign for it. One for
    /// a gap at a time; another where that has ended, or has come to have another place.
    /// </summary>
    async Task FillAsync(LaneGap gap, CancellationToken cancellation)
    {
        if (!ResourceId.TryParse(gap.Waiting, out var waiting)
            || (await office.ReadAsync(waiting, cancellation).ConfigureAwait(false)).Draft is not { MaxFee: { } fee } draft)
            return;
        for (var n = 0; n < MaxFills; n++)
        {
            var external = n == 0 ? $"fill/{gap.Account}/{gap.Place}" : string.Create(CultureInfo.InvariantCulture, $"fill/{gap.Account}/{gap.Place}/{n}");
            var id = IdOf(external);
            var before = await office.ReadAsync(id, cancellation).ConfigureAwait(false);
            if (before.Phase == TransferPhase.Ended || HasAnotherPlace(before, gap))
                continue;
            var now = office.Now;
            var own = gap.Account.Text;
            var fill = new TransferDraft(
                id, new TransferSubject.Payment(fee.Asset, Amount.Zero, own, own, null), draft.Wallet, draft.Vault, draft.Initiator, fee,
                now + office.Options.CancellationLifetime, external, $"Fills the gap in front of {waiting}.");
            // Refused where another server has been quicker, in the name of another that waits. Asked for and let go ahead in one:
            // a draft whose server was killed nobody would submit once the gap is filled otherwise.
            if (before.Draft is null)
                await ask(new(now, fill, now + office.Options.PlanningTimeout), cancellation).ConfigureAwait(false);
            return;
        }
    }

    static bool HasAnotherPlace(TransferState fill, LaneGap gap) =>
        fill.Reservations.Any(r => r.IsHeld && !r.Reservation.Slots.IsEmpty && !r.Reservation.Slots.Contains(gap.Place));

    // What the name hashes to, without a time: the same on every server and whoever waits, or a gap whose first filler was
    // another's would have a name that is taken and a filler that nobody finds.
    static ResourceId IdOf(string external)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        SHA256.HashData(Encoding.UTF8.GetBytes(external)).AsSpan(0, 10).CopyTo(bytes[6..]);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new(ResourceKind.Transfer, new Guid(bytes, bigEndian: true));
    }
}
