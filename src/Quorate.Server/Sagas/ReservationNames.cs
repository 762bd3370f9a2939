using System.Globalization;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>Ids of reservations: one that the transfer has given back stays in its history, so the same taken again has another.</summary>
static class ReservationNames
{
    /// <summary>The id of a reservation that is held, or is about to be.</summary>
    internal static string Of(TransferState transfer, string name)
    {
        for (var count = 1; ; count++)
        {
            var id = count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{count}");
            if (transfer.Reservations.All(r => r.Reservation.Id != id || r.IsHeld))
                return id;
        }
    }
}
