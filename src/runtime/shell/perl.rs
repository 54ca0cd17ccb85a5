//! `perl`, as far as the documentation's job needs it that prints the digits of pi: `perl -Mbignum=bpi -wle 'print bpi(2000)'`.
//! Left out: everything else.

use super::Surroundings;
use super::tools::Call;

/// Not more digits than these are computed.
const MOST: usize = 2_000;

pub(super) fn perl(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    let asked = call.args.iter().find_map(|arg| arg.split_once("bpi(")?.1.split(')').next()?.trim().parse::<usize>().ok());
    let Some(count) = asked.filter(|count| (1..=MOST).contains(count)) else {
        call.err += &format!("perl: nothing but \"print bpi(N)\" is done here, with N up to {MOST}\n");
        return 255;
    };
    call.out = pi(count) + "\n";
    0
}

/// Pi with so many digits, that before the point among them, the last of them rounded. Models S. Rabinowitz and S. Wagon, "A spigot
/// algorithm for the digits of pi".
fn pi(wanted: usize) -> String {
    let count = wanted + 12;
    let mut rests = vec![2_u64; count * 10 / 3 + 1];
    let (mut digits, mut held, mut nines) = (String::new(), 0_u64, 0);
    for _ in 0..count {
        let mut carried = 0;
        for (n, rest) in rests.iter_mut().enumerate().rev() {
            let all = 10 * *rest + carried * (n as u64 + 1);
            let divisor = 2 * n as u64 + 1;
            *rest = all % divisor;
            carried = all / divisor;
        }
        rests[0] = carried % 10;
        match carried / 10 {
            9 => nines += 1,
            10 => {
                digits += &(held + 1).to_string();
                digits.extend(std::iter::repeat_n('0', nines));
                (held, nines) = (0, 0);
            }
            digit => {
                digits += &held.to_string();
                digits.extend(std::iter::repeat_n('9', nines));
                (held, nines) = (digit, 0);
            }
        }
    }
    // The first digit is the empty one that was held at the start.
    let mut known: Vec<u8> = digits.bytes().skip(1).take(wanted + 1).map(|byte| byte - b'0').collect();
    let mut is_up = known.pop().is_some_and(|next| next >= 5);
    for digit in known.iter_mut().rev() {
        if !is_up {
            break;
        }
        *digit = (*digit + 1) % 10;
        is_up = *digit == 0;
    }
    let text: String = known.iter().map(|digit| char::from(b'0' + digit)).collect();
    if wanted == 1 { text } else { format!("{}.{}", &text[..1], &text[1..]) }
}

#[cfg(test)]
mod tests {
    use super::pi;

    #[test]
    fn the_digits_are_those_of_pi() {
        // bpi of perl's bignum: "including the 3 before the dot"; 1999 decimals of pi end in 0, which a 9 follows.
        let text = pi(2000);
        assert!(text.starts_with("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651"));
        assert!(text.ends_with("58133904780275901"), "{text}");
        assert_eq!([pi(1), pi(2), pi(4), pi(5), pi(13)], ["3", "3.1", "3.142", "3.1416", "3.141592653590"]);
        assert_eq!(text.len(), 2001);
    }
}
