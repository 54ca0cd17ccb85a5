//! `$((…))` and `((…))`: whole numbers, variables and what is assigned to them, the operators of C. Models bash's expr.c. Left out:
//! numbers of other bases than 8, 10 and 16, lists of variables.

/// The value of an expression, and the variables that it sets; `variable` gives the text of a variable.
pub(super) fn value(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<(i64, Vec<(String, i64)>), &'static str> {
    let mut sum = Sum { chars: text.chars().filter(|c| !c.is_whitespace()).collect(), at: 0, depth: 0, variable, set: Vec::new() };
    if sum.chars.is_empty() {
        return Ok((0, Vec::new()));
    }
    let mut value = sum.assigned()?;
    while sum.sign(",") {
        value = sum.assigned()?;
    }
    if sum.at == sum.chars.len() { Ok((value, sum.set)) } else { Err(WRONG) }
}

const WRONG: &str = "arithmetic syntax error";
/// Operators from the loosest to the tightest; in each the longer ones first.
const LEVELS: [&[&str]; 10] =
    [&["||"], &["&&"], &["|"], &["^"], &["&"], &["==", "!="], &["<=", ">=", "<", ">"], &["<<", ">>"], &["+", "-"], &["*", "/", "%"]];
/// Signs that are the beginning of no other one where they stand.
const LONG: [&str; 20] = ["<<=", ">>=", "**", "||", "&&", "==", "!=", "<=", ">=", "<<", ">>", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|="];
const ASSIGNS: [&str; 10] = ["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|="];

struct Sum<'a> {
    chars: Vec<char>,
    at: usize,
    depth: u32,
    variable: &'a dyn Fn(&str) -> Option<String>,
    /// What was assigned, the latest last.
    set: Vec<(String, i64)>,
}

impl Sum<'_> {
    fn starts(&self, sign: &str) -> bool {
        sign.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c))
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = LONG.iter().find(|long| self.starts(long)).map_or_else(|| self.starts(sign), |long| *long == sign);
        self.at += if is { sign.len() } else { 0 };
        is
    }

    fn name(&mut self) -> Option<String> {
        let rest = &self.chars[self.at..];
        let dollars = rest.iter().take_while(|c| **c == '$').count();
        let name: String = rest[dollars..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return None;
        }
        self.at += dollars + name.len();
        Some(name)
    }

    fn of(&self, name: &str) -> i64 {
        let set = self.set.iter().rev().find(|(known, _)| known == name).map(|(_, value)| *value);
        set.or_else(|| (self.variable)(name)?.trim().parse().ok()).unwrap_or_default()
    }

    fn put(&mut self, name: String, value: i64) -> i64 {
        self.set.push((name, value));
        value
    }

    fn deeper(&mut self) -> Result<(), &'static str> {
        self.depth += 1;
        if self.depth > 200 { Err(WRONG) } else { Ok(()) }
    }

    /// `x = y`, `x += y`, and what has no assignment.
    fn assigned(&mut self) -> Result<i64, &'static str> {
        self.deeper()?;
        let start = self.at;
        if let Some(name) = self.name() {
            if let Some(sign) = ASSIGNS.into_iter().find(|sign| self.sign(sign)) {
                let right = self.assigned()?;
                self.depth -= 1;
                let value = if sign == "=" { right } else { computed(&sign[..sign.len() - 1], self.of(&name), right)? };
                return Ok(self.put(name, value));
            }
            self.at = start;
        }
        let condition = self.level(0)?;
        let value = if self.sign("?") {
            let then = self.assigned()?;
            if !self.sign(":") {
                return Err(WRONG);
            }
            let otherwise = self.assigned()?;
            if condition != 0 { then } else { otherwise }
        } else {
            condition
        };
        self.depth -= 1;
        Ok(value)
    }

    fn level(&mut self, level: usize) -> Result<i64, &'static str> {
        let Some(signs) = LEVELS.get(level) else { return self.power() };
        let mut left = self.level(level + 1)?;
        while let Some(sign) = signs.iter().copied().find(|sign| self.sign(sign)) {
            let right = self.level(level + 1)?;
            left = computed(sign, left, right)?;
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<i64, &'static str> {
        let base = self.single()?;
        if !self.sign("**") {
            return Ok(base);
        }
        self.deeper()?;
        let exponent = self.power()?;
        self.depth -= 1;
        let exponent = u32::try_from(exponent).map_err(|_| "exponent less than 0")?;
        Ok(base.wrapping_pow(exponent))
    }

    fn single(&mut self) -> Result<i64, &'static str> {
        self.deeper()?;
        let value = self.single_inside();
        self.depth -= 1;
        value
    }

    fn single_inside(&mut self) -> Result<i64, &'static str> {
        if self.sign("(") {
            let value = self.assigned()?;
            return if self.sign(")") { Ok(value) } else { Err(WRONG) };
        }
        for (sign, step) in [("++", 1), ("--", -1)] {
            let start = self.at;
            if self.sign(sign) {
                if let Some(name) = self.name() {
                    let value = self.of(&name).wrapping_add(step);
                    return Ok(self.put(name, value));
                }
                // Two signs of numbers.
                self.at = start + 1;
                let value = self.single()?;
                return Ok(if step > 0 { value } else { value.wrapping_neg() });
            }
        }
        let Some(c) = self.chars.get(self.at).copied() else { return Err(WRONG) };
        if matches!(c, '-' | '+' | '!' | '~') {
            self.at += 1;
            let value = self.single()?;
            return Ok(match c {
                '-' => value.wrapping_neg(),
                '!' => i64::from(value == 0),
                '~' => !value,
                _ => value,
            });
        }
        let Some(name) = self.name() else { return self.number() };
        let value = self.of(&name);
        for (sign, step) in [("++", 1), ("--", -1)] {
            if self.sign(sign) {
                self.put(name, value.wrapping_add(step));
                break;
            }
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<i64, &'static str> {
        let text: String = self.chars[self.at..].iter().skip_while(|c| **c == '$').take_while(|c| c.is_ascii_alphanumeric()).collect();
        self.at += text.len() + self.chars[self.at..].iter().take_while(|c| **c == '$').count();
        let (digits, base) = match text.as_bytes() {
            [b'0', b'x' | b'X', ..] => (&text[2..], 16),
            [b'0', _, ..] => (&text[1..], 8),
            _ => (text.as_str(), 10),
        };
        i64::from_str_radix(digits, base).map_err(|_| WRONG)
    }
}

fn computed(sign: &str, left: i64, right: i64) -> Result<i64, &'static str> {
    let shift = (right & 63) as u32;
    Ok(match sign {
        "||" => i64::from(left != 0 || right != 0),
        "&&" => i64::from(left != 0 && right != 0),
        "==" => i64::from(left == right),
        "!=" => i64::from(left != right),
        "<=" => i64::from(left <= right),
        ">=" => i64::from(left >= right),
        "<" => i64::from(left < right),
        ">" => i64::from(left > right),
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "<<" => left.wrapping_shl(shift),
        ">>" => left.wrapping_shr(shift),
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        _ if right == 0 => return Err("divide by zero"),
        "/" => left.wrapping_div(right),
        _ => left.wrapping_rem(right),
    })
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn sums_follow_the_usual_order() {
        let variable = |name: &str| (name == "i").then(|| "41".to_owned());
        let table = [("1+2*3", Ok(7)), ("(1+2)*3", Ok(9)), ("i + 1", Ok(42)), ("$i%10", Ok(1)), ("-3+nothing", Ok(-3)), ("2>1 && 1>2", Ok(0)),
            ("2**10", Ok(1024)), ("x=5, x+=2, x++, x", Ok(8)), ("i>40?1:2", Ok(1)), ("--i", Ok(40)), ("0x1f+010", Ok(39)), ("1<<4|1", Ok(17)), ("1=2", Err("arithmetic syntax error")),
            ("1/0", Err("divide by zero")), ("1+", Err("arithmetic syntax error")), ("", Ok(0))];
        for (text, expected) in table {
            assert_eq!(value(text, &variable).map(|(value, _)| value), expected, "{text}");
        }
    }
}
